package io.procpool.job;

import java.lang.reflect.InvocationTargetException;
import java.lang.reflect.Proxy;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;

/** A store with something that happens just before, or just after, it is asked for something. */
final class Whenever {
    private final Map<String, Runnable> before = new ConcurrentHashMap<>();
    private final Map<String, Runnable> after = new ConcurrentHashMap<>();
    private final JobStore store;

    Whenever(JobStore real) {
        store =
                (JobStore)
                        Proxy.newProxyInstance(
                                JobStore.class.getClassLoader(),
                                new Class<?>[] {JobStore.class},
                                (_, method, arguments) -> {
                                    happens(before, method.getName());
                                    try {
                                        return method.invoke(real, arguments);
                                    } catch (InvocationTargetException thrown) {
                                        throw thrown.getCause();
                                    } finally {
                                        happens(after, method.getName());
                                    }
                                });
    }

    private static void happens(Map<String, Runnable> what, String method) {
        what.getOrDefault(method, () -> {}).run();
    }

    JobStore store() {
        return store;
    }

    void before(String method, Runnable action) {
        before.put(method, action);
    }

    void after(String method, Runnable action) {
        after.put(method, action);
    }
}
