package io.perdure.server.config;

import java.net.URI;
import java.net.URISyntaxException;

/**
 * Where the broker accepts connections.
 *
 * @param host a name or an address, without brackets
 * @param port 0 to 65535; 0 takes any free one
 */
public record Listener(String host, int port) {

    /** The port of MQTT over TCP, taken if none is given. */
    public static final int DEFAULT_PORT = 1883;

    static final String FORM = "mqtt://HOST:PORT, for example mqtt://127.0.0.1:1883 or mqtt://[::1]:1883";

    /** Refuses what can't be an address. */
    public Listener {
        if (host.isEmpty() || port < 0 || port > 65535) {
            throw new IllegalArgumentException("give " + FORM);
        }
    }

    /**
     * Reads {@code mqtt://HOST:PORT}; an IPv6 address is in brackets.
     *
     * @throws IllegalArgumentException if the text has another form
     */
    public static Listener parse(String text) {
        URI uri;
        try {
            uri = new URI(text.strip()).parseServerAuthority();
        } catch (URISyntaxException e) {
            throw new IllegalArgumentException("give " + FORM, e);
        }
        String host = uri.getHost();
        boolean extra = uri.getRawQuery() != null || uri.getRawFragment() != null || uri.getRawUserInfo() != null;
        if (!"mqtt".equalsIgnoreCase(uri.getScheme()) || host == null || extra || hasPath(uri)) {
            throw new IllegalArgumentException("give " + FORM);
        }
        String bare = host.startsWith("[") ? host.substring(1, host.length() - 1) : host;
        return new Listener(bare, uri.getPort() < 0 ? DEFAULT_PORT : uri.getPort());
    }

    private static boolean hasPath(URI uri) {
        String path = uri.getRawPath();
        return path != null && !path.isEmpty() && !path.equals("/");
    }

    /** As {@link #parse} reads it. */
    @Override
    public String toString() {
        return "mqtt://" + (host.indexOf(':') >= 0 ? "[" + host + "]" : host) + ":" + port;
    }
}
