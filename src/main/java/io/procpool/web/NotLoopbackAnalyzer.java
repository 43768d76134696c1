package io.procpool.web;

import io.procpool.web.LoopbackGate.NotLoopback;
import org.springframework.boot.diagnostics.AbstractFailureAnalyzer;
import org.springframework.boot.diagnostics.FailureAnalysis;

/** Says what to set when the service refuses to start. */
final class NotLoopbackAnalyzer extends AbstractFailureAnalyzer<NotLoopback> {
    @Override
    protected FailureAnalysis analyze(Throwable root, NotLoopback cause) {
        return new FailureAnalysis(
                String.valueOf(cause.getMessage()),
                "Set server.address=127.0.0.1 (SERVER_ADDRESS); or, if nobody but you can reach that address, "
                        + "procpool.security.insecure=true (PROCPOOL_SECURITY_INSECURE=true).",
                cause);
    }
}
