/** The worker protocol ({@code docs/protocol.md}): frames, their reading and writing on a connection, the handshake. */
@NullMarked
@ApplicationModule(allowedDependencies = {"payload", "problem"})
package io.procpool.wire;

import org.jspecify.annotations.NullMarked;
import org.springframework.modulith.ApplicationModule;
