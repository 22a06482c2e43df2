package io.perdure.tools.torture;

import io.perdure.protocol.packet.Publish;
import java.io.IOException;
import java.util.List;
import java.util.SplittableRandom;
import java.util.concurrent.TimeUnit;

/** Receives; perhaps goes away now and then, in order or by cutting its connection. */
final class Subscriber implements Role {

    private static final long STAYS_MS = 2_000;
    private static final long AWAY_MS = 1_500;

    private final Surroundings around;
    private final Receipts receipts;
    private final List<String> filters;
    private final int qos;
    private final boolean comesAndGoes;
    private final SplittableRandom random;
    private long leavesNs;

    Subscriber(
            Surroundings around,
            Receipts receipts,
            List<String> filters,
            int qos,
            boolean comesAndGoes,
            SplittableRandom random) {
        this.around = around;
        this.receipts = receipts;
        this.filters = filters;
        this.qos = qos;
        this.comesAndGoes = comesAndGoes;
        this.random = random;
    }

    @Override
    public void joined(Client client, boolean newSession) throws IOException {
        leavesNs = System.nanoTime() + TimeUnit.MILLISECONDS.toNanos(random.nextLong(STAYS_MS));
        if (newSession) {
            for (String filter : filters) {
                client.subscribe(filter, qos);
            }
        }
    }

    @Override
    public long step(Client client, long nowNs) throws IOException {
        if (!comesAndGoes || nowNs < leavesNs) {
            return 0;
        }
        if (random.nextBoolean()) {
            client.leave();
        } else {
            client.close();
        }
        return random.nextLong(1, AWAY_MS);
    }

    @Override
    public void delivered(Message message, Publish publish, Trace trace) {
        around.judge().received(receipts, message, publish.qos(), trace);
    }
}
