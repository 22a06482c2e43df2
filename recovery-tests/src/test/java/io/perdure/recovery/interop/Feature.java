package io.perdure.recovery.interop;

/** What not every client can do. */
enum Feature {
    /** Sets and shows the properties of a PUBLISH of MQTT 5.0. */
    PROPERTIES,
    /** Sets a Subscription Identifier, and shows it with the messages. */
    SUBSCRIPTION_IDENTIFIERS,
    /** Keeps the order of User Properties with different names. */
    ORDER_OF_NAMES,
    /** Shows Session Present. */
    SESSION_PRESENT,
    /** Connects again by itself, and goes on with unfinished QoS 1 and 2 messages in both directions. */
    RESUMPTION,
    /** Takes characters beyond U+FFFF in Topic Names. */
    ALL_CHARACTERS
}
