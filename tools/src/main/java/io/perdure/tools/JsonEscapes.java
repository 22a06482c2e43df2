package io.perdure.tools;

import com.fasterxml.jackson.core.SerializableString;
import com.fasterxml.jackson.core.io.CharacterEscapes;
import com.fasterxml.jackson.core.io.SerializedString;
import java.util.Locale;
import org.jspecify.annotations.Nullable;

/** Escapes in JSON strings what a terminal might obey. */
final class JsonEscapes extends CharacterEscapes {

    private static final int DELETE = 0x7F;

    @Override
    public int[] getEscapeCodesForAscii() {
        int[] codes = CharacterEscapes.standardAsciiEscapesForJSON();
        codes[DELETE] = CharacterEscapes.ESCAPE_STANDARD;
        return codes;
    }

    /** Called for what is not ASCII, with each half of a surrogate pair, which is left as it is. */
    @Override
    public @Nullable SerializableString getEscapeSequence(int ch) {
        if (Character.isSurrogate((char) ch) || !PrintableText.unsafe(ch)) {
            return null;
        }
        return new SerializedString(String.format(Locale.ROOT, "\\u%04x", ch));
    }
}
