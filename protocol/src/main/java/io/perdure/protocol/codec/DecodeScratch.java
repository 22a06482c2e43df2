package io.perdure.protocol.codec;

/**
 * What the decoders of one event loop share: the Topic Names that they saw lately, and memory to work in.
 *
 * <p>One thread; lives as long as the event loop; bounded (about 100 KB plus the Topic Names that it holds).
 */
public final class DecodeScratch {}
