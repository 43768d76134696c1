/** The only bridge from jobs to pools: hands a job's tasks to workers and turns what comes back into the job's ending. */
@NullMarked
@ApplicationModule(allowedDependencies = {"job", "pool", "function", "wire", "payload", "problem"})
package io.procpool.dispatch;

import org.jspecify.annotations.NullMarked;
import org.springframework.modulith.ApplicationModule;
