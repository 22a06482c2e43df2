package io.perdure.recovery.crash;

import java.io.IOException;
import java.util.SplittableRandom;

/** What happens to a broker's files when it dies. */
public interface Aftermath {

    /** Nothing more than its death. */
    Aftermath NONE = new Aftermath() {};

    /** Called before a broker is started; returns how it is to be started. */
    default Launch prepare(Launch launch) throws IOException {
        return launch;
    }

    /** The same for a broker that is to die before it is of use, soon and by itself, or else be killed. */
    default Launch prepareDoomed(Launch launch, SplittableRandom random) throws IOException {
        return prepare(launch);
    }

    /** How long it may live at most. */
    default long doomedLifeMs(SplittableRandom random) {
        return random.nextLong(1_500);
    }

    /** How many doomed brokers are started between two that are to live. */
    default int doomed(int cycle) {
        return cycle % 4 == 2 ? 1 : 0;
    }

    /** Called when a broker is dead. */
    default void brokerDied() throws IOException {}
}
