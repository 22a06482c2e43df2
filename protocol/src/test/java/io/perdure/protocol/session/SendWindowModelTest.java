package io.perdure.protocol.session;

import java.util.Random;
import org.junit.jupiter.api.Test;

class SendWindowModelTest {

    @Test
    void deliversWhatIsQueuedHoweverOftenItIsInterrupted() {
        long seed = Long.getLong("seed", new Random().nextLong());
        System.out.println("SendWindowModelTest seed " + seed);
        for (int round = 0; round < 300; round++) {
            new SendWindowModel(seed + round).run();
        }
    }
}
