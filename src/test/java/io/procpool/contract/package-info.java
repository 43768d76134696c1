/**
 * What every runtime does alike: one suite of behaviours, and a class for each kind of worker that runs it. Same requests, same outcomes,
 * same problem types. What only Java workers have stands beside it.
 */
@NullMarked
package io.procpool.contract;

import org.jspecify.annotations.NullMarked;
