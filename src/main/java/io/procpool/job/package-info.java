/** Jobs and their tasks: states and pure transitions, chunks, outcomes. Knows what it asks of workers, not how they are run. */
@NullMarked
@ApplicationModule(allowedDependencies = {"payload", "problem"})
package io.procpool.job;

import org.jspecify.annotations.NullMarked;
import org.springframework.modulith.ApplicationModule;
