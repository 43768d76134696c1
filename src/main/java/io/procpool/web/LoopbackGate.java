package io.procpool.web;

import java.net.InetAddress;
import org.jspecify.annotations.Nullable;
import org.springframework.boot.web.server.autoconfigure.ServerProperties;
import org.springframework.stereotype.Component;

/** Who reaches the port can run code here. So the service starts on loopback only, unless it is told that this is meant. */
@Component
final class LoopbackGate {
    private final boolean loopback;

    LoopbackGate(ServerProperties server, SecuritySettings security) {
        var address = server.getAddress();
        loopback = address != null && address.isLoopbackAddress();
        if (!loopback && !security.insecure()) {
            throw new NotLoopback(address);
        }
    }

    boolean loopback() {
        return loopback;
    }

    /** The service must not start as it is configured. */
    static final class NotLoopback extends IllegalStateException {
        private static final long serialVersionUID = 1L;

        NotLoopback(@Nullable InetAddress address) {
            super(
                    "server.address is "
                            + (address == null
                                    ? "not set, which means every address"
                                    : address.getHostAddress())
                            + ", and whoever reaches the port could run functions here");
        }
    }
}
