/**
 * How workers are started, spoken to and ended. The only room that starts and signals processes: a Python worker comes from a
 * forkserver, one a pool.
 */
@NullMarked
@ApplicationModule(allowedDependencies = {"wire", "payload", "function", "problem"})
package io.procpool.runtime;

import org.jspecify.annotations.NullMarked;
import org.springframework.modulith.ApplicationModule;
