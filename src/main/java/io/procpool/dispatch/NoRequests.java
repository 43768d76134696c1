package io.procpool.dispatch;

import io.procpool.pool.WorkerRequests;
import io.procpool.wire.Frame;
import io.procpool.wire.Header;
import io.procpool.wire.Kind;
import java.util.Map;
import org.springframework.stereotype.Component;

/** There is nothing yet that a worker could ask its host for: each ask is answered so. */
@Component
final class NoRequests implements WorkerRequests {
    @Override
    public Frame answer(String reference, Frame ask) {
        var what = ask.header().string("what", "");
        return Frame.of(
                Kind.ANSWER,
                ask.callId(),
                Header.of(
                        Map.of(
                                "problem",
                                "not-supported",
                                "message",
                                "this host knows no '" + what + "'")));
    }
}
