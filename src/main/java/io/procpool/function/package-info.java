/** Which functions can be called: their names, the allow list, what a runtime found, and the watch of the functions folder. */
@NullMarked
@ApplicationModule(allowedDependencies = {"problem"})
package io.procpool.function;

import org.jspecify.annotations.NullMarked;
import org.springframework.modulith.ApplicationModule;
