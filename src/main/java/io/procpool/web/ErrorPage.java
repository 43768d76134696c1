package io.procpool.web;

import io.procpool.problem.Problem;
import io.procpool.problem.Refusal.BadRequest;
import io.procpool.problem.Refusal.Internal;
import io.procpool.problem.Refusal.MethodNotAllowed;
import io.procpool.problem.Refusal.PathUnknown;
import jakarta.servlet.RequestDispatcher;
import jakarta.servlet.http.HttpServletRequest;
import jakarta.servlet.http.HttpServletResponse;
import java.io.IOException;
import java.util.List;
import java.util.UUID;
import org.springframework.boot.webmvc.error.ErrorController;
import org.springframework.web.bind.annotation.RequestMapping;
import org.springframework.web.bind.annotation.RestController;

/** What the servlet container found wrong before any controller was asked: also a problem, never its HTML page. */
@RestController
final class ErrorPage implements ErrorController {
    @RequestMapping("/error")
    void render(HttpServletRequest request, HttpServletResponse response) throws IOException {
        var status = request.getAttribute(RequestDispatcher.ERROR_STATUS_CODE);
        int code = status instanceof Integer number ? number : 404;
        var failed = request.getAttribute(RequestDispatcher.ERROR_REQUEST_URI);
        var path = failed == null ? request.getRequestURI() : failed.toString();
        ProblemHandler.send(
                response, code == 405 ? notAllowed(request, response) : problem(code, path));
    }

    private static Problem notAllowed(HttpServletRequest request, HttpServletResponse response) {
        var allowed = response.getHeader("Allow");
        return new MethodNotAllowed(
                request.getMethod(), allowed == null ? List.of() : List.of(allowed.split(", ")));
    }

    private static Problem problem(int code, String path) {
        if (code == 404) {
            return new PathUnknown(path);
        }
        return code < 500
                ? new BadRequest("The request was refused with status " + code)
                : new Internal(UUID.randomUUID().toString());
    }
}
