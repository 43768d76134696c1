/** The sealed catalogue of everything Procpool refuses and of every way a job can fail. It decides nothing and renders nothing. */
@NullMarked
@ApplicationModule(allowedDependencies = {})
package io.procpool.problem;

import org.jspecify.annotations.NullMarked;
import org.springframework.modulith.ApplicationModule;
