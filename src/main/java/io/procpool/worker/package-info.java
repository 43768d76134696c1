/**
 * The code inside a worker JVM, which knows no Spring: it becomes a jar of its own. A host connects to the service and starts a thread
 * for each worker that it is asked for; each takes calls from its connection, binds JSON arguments to the parameters of public static
 * methods, and writes their values back.
 */
@NullMarked
@ApplicationModule(allowedDependencies = {"wire", "payload", "problem"})
package io.procpool.worker;

import org.jspecify.annotations.NullMarked;
import org.springframework.modulith.ApplicationModule;
