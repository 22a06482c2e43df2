/**
 * The broker's configuration: immutable records, made from a file, the environment and command-line options.
 *
 * <p>{@link io.perdure.server.config.Settings} is the table of all keys; a key is added by a row there and a component
 * of the record that holds it.
 */
@NullMarked
package io.perdure.server.config;

import org.jspecify.annotations.NullMarked;
