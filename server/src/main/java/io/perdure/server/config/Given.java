package io.perdure.server.config;

/**
 * A value that was given for a setting.
 *
 * @param text as {@link Setting#parse} reads it
 * @param origin where, as the user knows it
 */
record Given(String text, String origin) {}
