/** Procpool: a process pool as a service. {@code ARCHITECTURE.md} shows the rooms and what each may use. */
@NullMarked
package io.procpool;

import org.jspecify.annotations.NullMarked;
