package io.perdure.server.config;

import io.perdure.storage.Durability;
import io.perdure.storage.RecoveryPolicy;
import io.perdure.storage.ShareStrategy;
import io.perdure.storage.SpaceLimits;
import java.nio.file.Path;
import java.util.List;

/**
 * Everything that a broker is started with; immutable and checked when it is made.
 *
 * <p>Begin with {@link #defaults} and change single keys with {@link #with}, or read a file with {@link ConfigLoader}.
 *
 * @param dataDirectory where the store is; made if it is not there
 * @param listeners where connections are accepted, at least one
 * @param durability what an acknowledgement survives
 * @param recovery what a start does with a damaged store
 * @param eventLoopThreads threads that serve connections; 0: one per processor
 * @param willGraceMs how long after a start clients may be back before the Wills that came due when the broker stopped
 *     are published
 * @param shareStrategy which member of a Shared Subscription gets a message
 * @param spaceLimits how much free disk space each stage begins with
 * @param limits what clients may ask for
 */
public record BrokerConfig(
        Path dataDirectory,
        List<Listener> listeners,
        Durability durability,
        RecoveryPolicy recovery,
        int eventLoopThreads,
        long willGraceMs,
        ShareStrategy shareStrategy,
        SpaceLimits spaceLimits,
        Limits limits) {

    /**
     * Checks all components against the table of keys.
     *
     * @throws IllegalArgumentException if one is out of range; the message names the key
     */
    public BrokerConfig(
            Path dataDirectory,
            List<Listener> listeners,
            Durability durability,
            RecoveryPolicy recovery,
            int eventLoopThreads,
            long willGraceMs,
            ShareStrategy shareStrategy,
            SpaceLimits spaceLimits,
            Limits limits) {
        this.dataDirectory = dataDirectory;
        this.listeners = List.copyOf(listeners);
        this.durability = durability;
        this.recovery = recovery;
        this.eventLoopThreads = eventLoopThreads;
        this.willGraceMs = willGraceMs;
        this.shareStrategy = shareStrategy;
        this.spaceLimits = spaceLimits;
        this.limits = limits;
        Settings.ALL.forEach(setting -> setting.check(this));
    }

    /** The configuration of a broker that was told nothing. */
    public static BrokerConfig defaults() {
        return Settings.build(Setting::defaultValue);
    }

    /**
     * A copy with another value for one key.
     *
     * @param key as in the file, for example {@code limits.receive-maximum}
     * @param text as in the file; elements of a list are separated by commas
     * @throws IllegalArgumentException if there is no such key or the value is not allowed
     */
    public BrokerConfig with(String key, String text) {
        Setting<?> changed = Settings.named(key);
        Object value = changed.parse(text);
        return Settings.build(
                setting -> setting.equals(changed) ? value : setting.getter().apply(this));
    }
}
