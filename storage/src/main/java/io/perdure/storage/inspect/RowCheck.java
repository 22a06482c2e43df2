package io.perdure.storage.inspect;

import com.google.protobuf.Parser;
import io.perdure.storage.format.Family;
import io.perdure.storage.format.Keys;
import io.perdure.storage.format.Values;
import io.perdure.storage.format.proto.AliveValue;
import io.perdure.storage.format.proto.CleanStopValue;
import io.perdure.storage.format.proto.CursorValue;
import io.perdure.storage.format.proto.EntryValue;
import io.perdure.storage.format.proto.FinishedValue;
import io.perdure.storage.format.proto.FormatValue;
import io.perdure.storage.format.proto.InboundValue;
import io.perdure.storage.format.proto.LimitsValue;
import io.perdure.storage.format.proto.MessageValue;
import io.perdure.storage.format.proto.ReleasedValue;
import io.perdure.storage.format.proto.ReplayValue;
import io.perdure.storage.format.proto.RetainedValue;
import io.perdure.storage.format.proto.SessionValue;
import io.perdure.storage.format.proto.SubscriptionValue;
import java.nio.charset.StandardCharsets;
import org.jspecify.annotations.Nullable;

/** Whether a single row can be what its family says it is. */
final class RowCheck {

    private static final int PREFIX = Keys.SESSION_PREFIX;
    private static final int GROUP_KEY = 2 + 1 + 8;
    private static final int EXPIRY_KEY = 8 + 1;

    private RowCheck() {}

    /** What is wrong with a row; null if nothing is. */
    static @Nullable String problem(Family family, byte[] key, byte[] value) {
        if (!isKey(family, key)) {
            return "its key is none of family " + family;
        }
        Parser<?> parser = parser(family, key);
        try {
            if (parser != null) {
                Values.parse(parser, value, family);
            }
            return null;
        } catch (RuntimeException e) {
            return String.valueOf(e.getMessage());
        }
    }

    private static boolean isKey(Family family, byte[] key) {
        return switch (family) {
            case META -> key.length > 0;
            case SESSION -> key.length >= 2;
            case SUBSCRIPTION, REPLAY -> key.length > PREFIX;
            case QUEUE -> key.length == Keys.QUEUE_KEY;
            case CURSOR ->
                key.length > PREFIX
                        && key.length == (Keys.cursorKind(key) == Keys.CURSOR_POSITION ? PREFIX + 1 : PREFIX + 9)
                        && Keys.cursorKind(key) >= Keys.CURSOR_POSITION
                        && Keys.cursorKind(key) <= Keys.CURSOR_RELEASED;
            case INBOUND -> key.length == PREFIX + 2;
            case GROUP -> key.length >= GROUP_KEY;
            case MESSAGE -> key.length == Long.BYTES;
            case RETAINED -> key.length > 0 && key[key.length - 1] == 0;
            case EXPIRY -> key.length > EXPIRY_KEY;
        };
    }

    /** Null if nothing is known of the value. */
    private static @Nullable Parser<?> parser(Family family, byte[] key) {
        return switch (family) {
            case META ->
                switch (new String(key, StandardCharsets.UTF_8)) {
                    case "format" -> FormatValue.parser();
                    case "limits" -> LimitsValue.parser();
                    case "alive" -> AliveValue.parser();
                    case "clean" -> CleanStopValue.parser();
                    default -> null;
                };
            case SESSION -> SessionValue.parser();
            case SUBSCRIPTION -> SubscriptionValue.parser();
            case QUEUE, GROUP -> EntryValue.parser();
            case CURSOR ->
                switch (Keys.cursorKind(key)) {
                    case Keys.CURSOR_POSITION -> CursorValue.parser();
                    case Keys.CURSOR_FINISHED -> FinishedValue.parser();
                    default -> ReleasedValue.parser();
                };
            case INBOUND -> InboundValue.parser();
            case REPLAY -> ReplayValue.parser();
            case MESSAGE -> MessageValue.parser();
            case RETAINED -> RetainedValue.parser();
            case EXPIRY -> null;
        };
    }
}
