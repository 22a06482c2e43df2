package io.perdure.recovery.interop;

import io.perdure.protocol.packet.MqttVersion;
import java.util.Optional;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Assumptions;

/** A library in one version of MQTT. */
record Candidate(Library library, MqttVersion version) {

    boolean can(Feature feature) {
        return reasonAgainst(feature) == null;
    }

    boolean isHere() {
        return library.missing().isEmpty();
    }

    /** Whether it can take part in a test of many; says so if it can't. */
    boolean takesPart(Feature feature) {
        String reason = library.missing().orElse(reasonAgainst(feature));
        if (reason != null) {
            System.out.println("without " + this + ": " + reason);
        }
        return reason == null;
    }

    private @Nullable String reasonAgainst(Feature feature) {
        if (feature == Feature.SESSION_PRESENT && version == MqttVersion.V3_1) {
            return "MQTT 3.1 has no Session Present";
        }
        return library.lacks(version).get(feature);
    }

    /** Skips the test, with the reason, unless the library is there and can do all that. */
    void require(Feature... features) {
        Optional<String> missing = library.missing();
        Assumptions.assumeTrue(missing.isEmpty(), () -> this + ": " + missing.orElse(""));
        for (Feature feature : features) {
            String reason = reasonAgainst(feature);
            Assumptions.assumeTrue(reason == null, () -> this + ": " + reason);
        }
    }

    /** Fit for Client Identifiers and topics. */
    String id() {
        return library.name().replace(" ", "") + version.level();
    }

    @Override
    public String toString() {
        return library.name() + ", MQTT "
                + switch (version) {
                    case V3_1 -> "3.1";
                    case V3_1_1 -> "3.1.1";
                    case V5 -> "5.0";
                };
    }
}
