package io.perdure.protocol.session;

/**
 * When a connection has been silent for too long: one and a half times the Keep Alive after the last packet
 * [MQTT-3.1.2-22].
 *
 * <p>Times are those of one monotonic clock, in ns, compared by difference. Used by the connection's event loop alone.
 */
public final class KeepAlive {

    private final long timeoutNs;
    private long lastHeardNs;

    /** @param keepAliveS the Keep Alive in seconds, 0 to 65535; 0: never expires */
    public KeepAlive(int keepAliveS, long nowNs) {
        this.timeoutNs = keepAliveS * 1_500_000_000L;
        this.lastHeardNs = nowNs;
    }

    /** Whether there is a limit at all. */
    public boolean enabled() {
        return timeoutNs != 0;
    }

    /** Something came from the client. Once per read burst is enough. */
    public void heard(long nowNs) {
        lastHeardNs = nowNs;
    }

    /** Whether the client was silent for too long. */
    public boolean expired(long nowNs) {
        return enabled() && remainingNs(nowNs) <= 0;
    }

    /** How long it may still be silent, in ns: when to look again. {@link Long#MAX_VALUE} if there is no limit. */
    public long remainingNs(long nowNs) {
        return enabled() ? timeoutNs - (nowNs - lastHeardNs) : Long.MAX_VALUE;
    }
}
