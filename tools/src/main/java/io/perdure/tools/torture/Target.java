package io.perdure.tools.torture;

import java.net.InetSocketAddress;
import org.jspecify.annotations.Nullable;

/**
 * Where a broker listens.
 *
 * @param address perhaps not resolved
 * @param user or null
 * @param password or null
 */
public record Target(
        InetSocketAddress address,
        @Nullable String user,
        @Nullable String password) {}
