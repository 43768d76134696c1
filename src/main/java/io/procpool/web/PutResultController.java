package io.procpool.web;

import static io.procpool.web.Parameters.bad;

import jakarta.servlet.http.HttpServletRequest;
import jakarta.servlet.http.HttpServletResponse;
import java.io.IOException;
import org.springframework.web.bind.annotation.PathVariable;
import org.springframework.web.bind.annotation.PutMapping;
import org.springframework.web.bind.annotation.RestController;

/** {@code PUT /v1/results/{id}}: a submission whose id the client has chosen, so that it may send it again. */
@RestController
final class PutResultController {
    private final Bodies bodies;
    private final SubmissionReader reader;
    private final Acceptance acceptance;

    PutResultController(Bodies bodies, SubmissionReader reader, Acceptance acceptance) {
        this.bodies = bodies;
        this.reader = reader;
        this.acceptance = acceptance;
    }

    @PutMapping("/v1/results/{id}")
    void put(@PathVariable String id, HttpServletRequest request, HttpServletResponse response)
            throws IOException {
        Bodies.requireJson(request);
        // 400 and not 404: here the id is what the client makes of it.
        var uuid = Ids.of(id).orElseThrow(() -> bad("The id of a result must be a UUID"));
        var receipt =
                acceptance.put(
                        uuid, request, (body, hold) -> reader.addressed(bodies.object(body), hold));
        if (receipt.replayed()) {
            Answers.replayed(response, receipt);
            Answers.resource(response, 200, receipt.record());
        } else {
            Answers.accepted(response, receipt);
        }
    }
}
