/** The HTTP contract, asked for over HTTP: every verb, every field, every refusal and limit. */
@NullMarked
package io.procpool.api;

import org.jspecify.annotations.NullMarked;
