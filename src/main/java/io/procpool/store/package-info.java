/** Adapters of the ports that keep things, and the only SQL: an SQLite database in the service's home, written by one thread in groups. */
@NullMarked
@ApplicationModule(allowedDependencies = {"job", "pool", "payload", "problem"})
package io.procpool.store;

import org.jspecify.annotations.NullMarked;
import org.springframework.modulith.ApplicationModule;
