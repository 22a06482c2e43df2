package io.perdure.protocol.packet;

/** A User Property: a pair of UTF-8 strings. The same name may appear more than once [MQTT-3.3.2-18]. */
public record UserProperty(String name, String value) {}
