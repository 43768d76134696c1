package io.procpool.store;

import org.springframework.boot.diagnostics.AbstractFailureAnalyzer;
import org.springframework.boot.diagnostics.FailureAnalysis;

/** Says why the service refuses to start on this store. */
final class UnusableAnalyzer extends AbstractFailureAnalyzer<Unusable> {
    @Override
    protected FailureAnalysis analyze(Throwable root, Unusable cause) {
        return new FailureAnalysis(String.valueOf(cause.getMessage()), cause.action(), cause);
    }
}
