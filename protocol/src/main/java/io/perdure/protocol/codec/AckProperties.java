package io.perdure.protocol.codec;

import io.perdure.protocol.packet.MqttVersion;
import io.perdure.protocol.packet.UserProperty;
import java.util.List;
import org.jspecify.annotations.Nullable;

/** The properties of every acknowledgement: PUBACK, PUBREC, PUBREL, PUBCOMP, SUBACK and UNSUBACK. */
record AckProperties(@Nullable String reasonString, List<UserProperty> userProperties) {

    private static final AckProperties NONE = new AckProperties(null, List.of());

    static AckProperties read(WireReader in, MqttVersion version) {
        if (!version.hasProperties()) {
            return NONE;
        }
        String reasonString = null;
        List<UserProperty> userProperties = List.of();
        in.beginProperties();
        while (in.hasProperty()) {
            if (in.readPropertyId(Properties.IN_ACKNOWLEDGEMENT) == Properties.REASON_STRING) {
                reasonString = in.readString();
            } else {
                userProperties = in.readUserProperty(userProperties);
            }
        }
        return new AckProperties(reasonString, userProperties);
    }
}
