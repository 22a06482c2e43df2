package io.perdure.tools;

import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.util.Properties;

/**
 * What this program is made of.
 *
 * @param perdure its own version
 * @param netty the network library's
 * @param rocksdb the store's
 */
record Versions(String perdure, String netty, String rocksdb) {

    /** As the build wrote them down. */
    static Versions read() {
        Properties properties = new Properties();
        try (InputStream in = Versions.class.getResourceAsStream("versions.properties")) {
            if (in == null) {
                throw new IllegalStateException("versions.properties is missing from the build");
            }
            properties.load(in);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
        return new Versions(
                properties.getProperty("perdure", ""),
                properties.getProperty("netty", ""),
                properties.getProperty("rocksdb", ""));
    }
}
