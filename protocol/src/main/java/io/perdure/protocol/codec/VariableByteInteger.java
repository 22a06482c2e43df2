package io.perdure.protocol.codec;

/** The sizes of Variable Byte Integers [1.5.5]. */
final class VariableByteInteger {

    private VariableByteInteger() {}

    /** How many bytes a value takes, 0 to 268,435,455. */
    static int sizeBytes(int value) {
        if (value < 1 << 7) {
            return 1;
        }
        if (value < 1 << 14) {
            return 2;
        }
        return value < 1 << 21 ? 3 : 4;
    }
}
