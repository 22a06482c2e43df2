package io.perdure.server.connection;

import io.perdure.protocol.session.KeepAlive;
import io.perdure.protocol.session.Terms;

/** What a connection has from CONNACK on. */
record Attached(
        Terms terms,
        long generation,
        LedgerClient ledger,
        Inbound inbound,
        Subscriptions subscriptions,
        Outbound outbound,
        KeepAlive keepAlive) {}
