package io.perdure.recovery.crash;

import io.perdure.recovery.client.ClientOptions;
import io.perdure.recovery.client.MqttClient;
import io.perdure.recovery.client.Payload;
import io.perdure.recovery.client.Trace;
import io.perdure.recovery.client.Version;
import io.perdure.recovery.client.WillMessage;
import java.io.IOException;
import java.net.InetSocketAddress;

/** A client that connects with a Will, for one life of the broker. */
final class WillVisitor {

    private static final long TIMEOUT_MS = 20_000;

    /** How it ends. */
    private enum Ending {
        /** Connected until the broker is killed; never back. 3.1 or 3.1.1, no delay. */
        KILLED,
        /** The same, with a delay. */
        KILLED_DELAYED,
        /** Connected until the broker is killed; back long before the delay is over. */
        BACK,
        /** Leaves with DISCONNECT. */
        LEFT,
        /** Cuts its connection, never back. */
        CUT
    }

    private final Ending ending;
    private final MqttClient client;
    private final WillMessage will;

    /** @param publisher the index that names its Will */
    WillVisitor(String name, int number, int publisher, InetSocketAddress address, long originNs) {
        this.ending = Ending.values()[number % Ending.values().length];
        Version older = number % 2 == 0 ? Version.V3_1 : Version.V3_1_1;
        Version version = ending == Ending.KILLED ? older : Version.V5;
        String clientId = name + "will-" + number;
        this.client = new MqttClient(
                ClientOptions.durable(clientId, version), address, new Trace(clientId, version, originNs), event -> {});
        long delayS =
                switch (ending) {
                    case KILLED, LEFT, CUT -> 0;
                    case KILLED_DELAYED -> 2;
                    case BACK -> 60;
                };
        this.will = new WillMessage(
                name + "will/" + number, Payload.of(Payload.key(publisher, number), 40), 2, false, delayS);
    }

    Trace trace() {
        return client.trace();
    }

    void visit() throws IOException {
        client.connect(false, will, TIMEOUT_MS);
        switch (ending) {
            case LEFT -> client.disconnect(TIMEOUT_MS);
            case CUT -> client.close();
            case KILLED, KILLED_DELAYED, BACK -> {}
        }
    }

    /** The broker is there again. */
    void brokerIsBack() throws IOException {
        if (ending == Ending.BACK) {
            client.connect(false, TIMEOUT_MS);
            client.disconnect(TIMEOUT_MS);
        }
    }

    void close() {
        client.close();
    }
}
