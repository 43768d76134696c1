/**
 * Worker processes: start, use, recycle, replace; the fair queue before them. A pool knows calls and outcomes, not jobs.
 */
@NullMarked
@ApplicationModule(allowedDependencies = {"runtime", "function", "wire", "payload", "problem"})
package io.procpool.pool;

import org.jspecify.annotations.NullMarked;
import org.springframework.modulith.ApplicationModule;
