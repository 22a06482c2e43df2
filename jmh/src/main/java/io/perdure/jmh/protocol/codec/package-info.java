/** Benchmarks of the codec. */
@NullMarked
package io.perdure.jmh.protocol.codec;

import org.jspecify.annotations.NullMarked;
