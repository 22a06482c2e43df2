/** Topic Names and Topic Filters: what they may hold, and which filters match a name. */
@NullMarked
package io.perdure.protocol.topic;

import org.jspecify.annotations.NullMarked;
