/** Bodies as bytes: slices a JSON body into its fields and items, joins chunk results, and parses no value. */
@NullMarked
@ApplicationModule(allowedDependencies = {"problem"})
package io.procpool.payload;

import org.jspecify.annotations.NullMarked;
import org.springframework.modulith.ApplicationModule;
