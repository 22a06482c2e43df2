package io.perdure.storage.check;

import io.perdure.storage.format.Family;

/** What follows from a finding for those who use the store, and what a repair does about it. Pure. */
public final class Rules {

    private Rules() {}

    /** What happens if nothing is done. */
    public static String consequence(Finding finding) {
        if (finding instanceof Finding.Unreadable f) {
            return "the broker stops when it reads this: " + lost(f.family());
        }
        if (finding instanceof Finding.Incomplete f) {
            return lost(f.family());
        }
        if (finding instanceof Finding.BadRow f) {
            return f.family() == Family.EXPIRY ? "the broker stops when it is due" : lost(f.family());
        }
        if (finding instanceof Finding.Ownerless) {
            return "nobody gets what it stands for; if its session was not ended, the session is lost";
        }
        if (finding instanceof Finding.LostEntries) {
            return "not delivered; what is behind is delivered, but its space is never given back";
        }
        if (finding instanceof Finding.MissingBody) {
            return "not delivered";
        }
        if (finding instanceof Finding.BadCursor) {
            return "finished messages may be delivered again, or the queue never gets shorter";
        }
        if (finding instanceof Finding.BadSession) {
            return "what it has not acknowledged is not given to others when it ends";
        }
        if (finding instanceof Finding.NeverExpires) {
            return "delivered, but never removed by its expiry";
        }
        if (finding instanceof Finding.BadMeta) {
            return "identifiers may be given twice, or the store does not open";
        }
        return "what it holds is not there";
    }

    /** What a repair does. */
    public static String remedy(Finding finding) {
        if (finding instanceof Finding.Unreadable || finding instanceof Finding.BadFile) {
            return "left out; the sessions concerned are named";
        }
        if (finding instanceof Finding.Incomplete f) {
            return f.family() == Family.CURSOR
                    ? "what is not known to be finished is delivered again"
                    : "what is readable of it is kept";
        }
        if (finding instanceof Finding.BadRow || finding instanceof Finding.Ownerless) {
            return "dropped";
        }
        if (finding instanceof Finding.LostEntries || finding instanceof Finding.MissingBody) {
            return "marked as finished";
        }
        if (finding instanceof Finding.BadCursor) {
            return "the cursor is put right; what is not known to be finished is delivered again";
        }
        return finding instanceof Finding.BadSession ? "the session row is put right" : "written anew";
    }

    private static String lost(Family family) {
        return switch (family) {
            case META -> "the store may not open";
            case SESSION -> "sessions are lost with all that belongs to them";
            case SUBSCRIPTION -> "subscriptions are lost until the client subscribes again";
            case QUEUE -> "queued messages are lost";
            case CURSOR -> "finished messages may be delivered again";
            case INBOUND -> "a QoS 2 message that its publisher repeats may be delivered twice";
            case REPLAY -> "a new subscription may not get all retained messages";
            case GROUP -> "messages that wait for a Shared Subscription are lost";
            case MESSAGE -> "queued messages are lost";
            case RETAINED -> "retained messages are lost";
            case EXPIRY -> "messages may never be removed by their expiry";
        };
    }
}
