package io.perdure.storage.engine;

import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.HexFormat;

/** A hash over all rows, the same for all engines that hold the same. For tests that apply one log twice. */
public final class ContentHash {

    private ContentHash() {}

    /** SHA-256 over each family's name and rows in their order, in hex. Reads everything. */
    public static String of(Engine engine) {
        MessageDigest digest;
        try {
            digest = MessageDigest.getInstance("SHA-256");
        } catch (NoSuchAlgorithmException e) {
            throw new IllegalStateException("every Java platform has SHA-256", e);
        }
        for (int family = 0; family < engine.families().size(); family++) {
            add(digest, engine.families().get(family).name().getBytes(StandardCharsets.UTF_8));
            try (Engine.Rows rows = engine.scan(family, new byte[0], null)) {
                while (rows.next()) {
                    add(digest, rows.key());
                    add(digest, rows.value());
                }
            }
            add(digest, new byte[0]);
        }
        return HexFormat.of().formatHex(digest.digest());
    }

    private static void add(MessageDigest digest, byte[] bytes) {
        digest.update(ByteBuffer.allocate(4).putInt(0, bytes.length));
        digest.update(bytes);
    }
}
