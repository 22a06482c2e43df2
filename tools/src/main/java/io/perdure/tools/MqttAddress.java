package io.perdure.tools;

import java.net.URI;
import java.net.URISyntaxException;
import org.jspecify.annotations.Nullable;

/**
 * A broker's address, such as {@code mqtt://user:password@broker.example:1883}.
 *
 * @param host a name or an address, of IPv6 without brackets
 * @param port 1 to 65535
 * @param user or null
 * @param password or null
 */
record MqttAddress(
        String host,
        int port,
        @Nullable String user,
        @Nullable String password) {

    private static final int DEFAULT_PORT = 1883;

    /** @throws IllegalArgumentException with a message for the user */
    static MqttAddress parse(String text) {
        URI uri;
        try {
            uri = new URI(text);
        } catch (URISyntaxException e) {
            throw new IllegalArgumentException("not an address (" + e.getReason() + "): expected mqtt://HOST:PORT", e);
        }
        String host = uri.getHost();
        boolean more = uri.getRawQuery() != null || uri.getRawFragment() != null;
        String path = uri.getRawPath();
        if (!"mqtt".equals(uri.getScheme()) || host == null || more || !(path == null || path.length() <= 1)) {
            throw new IllegalArgumentException("expected mqtt://HOST:PORT");
        }
        int port = uri.getPort() == -1 ? DEFAULT_PORT : uri.getPort();
        if (port < 1 || port > 65_535) {
            throw new IllegalArgumentException("port " + port + " is not in 1 to 65535");
        }
        if (host.startsWith("[")) {
            host = host.substring(1, host.length() - 1);
        }
        String userInfo = uri.getUserInfo();
        if (userInfo == null) {
            return new MqttAddress(host, port, null, null);
        }
        int colon = userInfo.indexOf(':');
        return colon < 0
                ? new MqttAddress(host, port, userInfo, null)
                : new MqttAddress(host, port, userInfo.substring(0, colon), userInfo.substring(colon + 1));
    }

    /** Without user and password. */
    @Override
    public String toString() {
        return "mqtt://" + (host.indexOf(':') < 0 ? host : "[" + host + "]") + ":" + port;
    }
}
