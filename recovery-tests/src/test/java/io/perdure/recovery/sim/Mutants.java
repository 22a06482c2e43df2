package io.perdure.recovery.sim;

import java.util.List;

/** Mistakes that a durable broker could have, each small enough to be overlooked. */
final class Mutants {

    private static final String LEDGER = "storage:storage/ledger/";
    private static final String CONNECTION = "server:server/connection/";

    static final List<Mutant> ALL = List.of(
            new Mutant(
                    "an acknowledgement leaves before its group is written",
                    LEDGER + "Group",
                    "        storeCursors();\n        boolean sync",
                    "        storeCursors();\n        release();\n        boolean sync"),
            new Mutant(
                    "an acknowledgement leaves before its group is synced",
                    LEDGER + "Group",
                    "engine.write(batch, sync);",
                    "engine.write(batch, false);"),
            new Mutant(
                    "identifiers are given again after a start",
                    LEDGER + "Shard",
                    "last == null ? 0 : Keys.sequence(last);",
                    "0;"),
            new Mutant(
                    "the cursor passes what was sent and is not acknowledged",
                    CONNECTION + "Outbound",
                    "if (entry.qos() == 0) {\n            ledger.open().finished(sequence);",
                    "if (entry.qos() <= 1) {\n            ledger.open().finished(sequence);"),
            new Mutant(
                    "the cursor passes what was PUBRECed and is not PUBCOMPed",
                    CONNECTION + "Outbound",
                    "case RECEIVED -> ledger.open().received(window.acknowledged());",
                    "case RECEIVED -> { ledger.open().received(window.acknowledged());"
                            + " ledger.open().finished(window.acknowledged()); }"),
            new Mutant(
                    "PUBREL leaves before its PUBREC is synced",
                    LEDGER + "Ledger",
                    "if (received > 0 || raise || submission.isBarrier()) {\n            group.mustSyncFor(s);",
                    "if (raise || submission.isBarrier()) {\n            group.mustSyncFor(s);"),
            new Mutant(
                    "PUBRELs come again in another order",
                    LEDGER + "Cursor",
                    "return released.keySet().stream().mapToLong(Long::longValue).toArray();",
                    "return released.keySet().stream().mapToLong(s -> -s).sorted().map(s -> -s).toArray();"),
            new Mutant(
                    "the receipt of a QoS 2 message is not stored",
                    LEDGER + "Publishing",
                    "                shard.rows().inbound(publisher, p.packetId(), nowMs);\n",
                    ""),
            new Mutant(
                    "the receipt of a QoS 2 message stays in the store",
                    LEDGER + "Ledger",
                    "                shard.rows().removeInbound(s, release.packetId());\n",
                    ""),
            new Mutant(
                    "session expiry begins anew with a start",
                    LEDGER + "Sessions",
                    "s.detachedAtMs = Math.max(stoppedMs, s.attachedAtMs);",
                    "s.detachedAtMs = nowMs;"),
            new Mutant(
                    "a session is there for ever",
                    LEDGER + "SessionState",
                    "return expiryS == Command.NO_EXPIRY ? Long.MAX_VALUE : detachedAtMs + expiryS * 1000;",
                    "return expiryS != 0 ? Long.MAX_VALUE : detachedAtMs;"),
            new Mutant(
                    "a Will is forgotten in an unclean stop",
                    LEDGER + "Sessions",
                    "        s.willFromStop = true;\n",
                    "        s.willFromStop = true;\n        s.will = null;\n        scheduleNext(s);\n        if (s.will == null) {\n            return;\n        }\n"),
            new Mutant(
                    "a Will is published after DISCONNECT",
                    LEDGER + "Sessions",
                    "if (detach.reason() == DetachReason.CLIENT_LEFT) {",
                    "if (detach.reason() == DetachReason.CLIENT_LEFT && s.will == null) {"),
            new Mutant(
                    "a Will that was published is still in the store",
                    LEDGER + "Sessions",
                    "                publishWill(s, nowMs);\n                shard.rows().session(s);\n",
                    "                publishWill(s, nowMs);\n"),
            new Mutant(
                    "a retained message reaches nobody who subscribes later",
                    LEDGER + "Publishing",
                    "shard.rows().retained(m, shard.newPosition(), publisher);",
                    "shard.newPosition();"),
            new Mutant(
                    "a retained message stays when it is cleared",
                    LEDGER + "Publishing",
                    "if (m.payload().length == 0) {\n            shard.rows().removeRetained(m.topic());\n",
                    "if (m.payload().length == 0) {\n"),
            new Mutant(
                    "retained messages that were on their way are forgotten in a start",
                    LEDGER + "RetainedReplays",
                    "            shard.rows().replay(job);\n        }\n        resume(job);",
                    "        }\n        resume(job);"),
            new Mutant(
                    "SUBACK leaves before the subscription is synced",
                    LEDGER + "Sessions",
                    "shard.rows().subscription(s, subscription);\n            shard.group.mustSync();",
                    "shard.rows().subscription(s, subscription);"),
            new Mutant(
                    "a subscription is there again after a start",
                    LEDGER + "Sessions",
                    "        shard.rows().removeSubscription(s, subscription.fullFilter());\n        shard.group",
                    "        shard.group"),
            new Mutant(
                    "how far a connection may have sent is not stored",
                    LEDGER + "Rows",
                    ".setSentLimit(sentLimit)",
                    ".setSentLimit(head)"),
            new Mutant(
                    "a QoS 1 message is sent again without DUP",
                    "protocol:protocol/session/SendWindow",
                    "return qos > 0 && sequence < resendBelow;",
                    "return qos > 1 && sequence < resendBelow;"),
            new Mutant(
                    "what a member of a share group leaves behind is lost",
                    LEDGER + "Sessions",
                    "        takeBack(s, s.cursor.head(), nowMs);\n",
                    ""),
            new Mutant(
                    "a takeover does not wait for the old connection",
                    LEDGER + "Sessions",
                    "if (s == null || s.attached() == null) {",
                    "if (s == null || s.waitingAttach == null) {"),
            new Mutant(
                    "a message comes with its whole expiry interval",
                    CONNECTION + "Outbound",
                    "(message.expiresAtMs() - nowMs + 999)",
                    "(message.expiresAtMs() - message.publishedAtMs() + 999)"),
            new Mutant(
                    "a message is sent after it has expired",
                    CONNECTION + "Outbound",
                    "if (message.expired(nowMs) && window.mayExpire(sequence)) {",
                    "if (message.expired(nowMs) && !window.mayExpire(sequence)) {"),
            new Mutant(
                    "PUBACKs leave in another order than their PUBLISHes came",
                    CONNECTION + "Connection",
                    "for (Command command : submission.commands()) {",
                    "for (Command command : submission.commands().stream()"
                            + ".sorted(java.util.Comparator.comparingInt(submission.commands()::indexOf).reversed())"
                            + ".toList()) {"),
            new Mutant(
                    "the trimmer removes one entry too many",
                    LEDGER + "Trimmer",
                    "rows.removeEntries(s, s.trimmedTo, head);",
                    "rows.removeEntries(s, s.trimmedTo, head + 1);"),
            new Mutant(
                    "a connection that fell behind does not read what it has missed",
                    CONNECTION + "Outbound",
                    "knownTail = Math.max(knownTail, delivery.toSequence());",
                    ""));

    private Mutants() {}
}
