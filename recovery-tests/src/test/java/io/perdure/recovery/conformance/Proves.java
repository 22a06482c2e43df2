package io.perdure.recovery.conformance;

import java.lang.annotation.ElementType;
import java.lang.annotation.Retention;
import java.lang.annotation.RetentionPolicy;
import java.lang.annotation.Target;

/**
 * The normative statements that a test proves: it fails if the broker does not keep to one of them. {@code
 * docs/conformance.md} is made from it.
 */
@Retention(RetentionPolicy.RUNTIME)
@Target(ElementType.METHOD)
public @interface Proves {

    /** Statements of MQTT 3.1.1, for example {@code MQTT-3.1.2-24}. */
    String[] v311() default {};

    /** Statements of MQTT 5.0. */
    String[] v5() default {};

    /** Keys of what the specifications leave open and the broker has chosen. */
    String[] choices() default {};
}
