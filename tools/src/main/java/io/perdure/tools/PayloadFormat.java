package io.perdure.tools;

import java.util.Base64;
import java.util.HexFormat;

/** How payloads are printed. */
enum PayloadFormat {
    NONE,
    TEXT,
    HEX,
    BASE64;

    /** The payload as one line for a terminal. */
    String printable(byte[] payload) {
        return switch (this) {
            case NONE -> "";
            case TEXT -> PrintableText.of(payload);
            case HEX -> HexFormat.of().formatHex(payload);
            case BASE64 -> Base64.getEncoder().encodeToString(payload);
        };
    }

    /** As it is written on the command line. */
    @Override
    public String toString() {
        return name().toLowerCase(java.util.Locale.ROOT);
    }
}
