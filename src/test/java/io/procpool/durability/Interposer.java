package io.procpool.durability;

import io.procpool.job.JobStore;
import java.lang.reflect.InvocationTargetException;
import java.lang.reflect.Method;
import org.jspecify.annotations.Nullable;

/** Stands between the service and its store, and sees each call first. */
interface Interposer {
    /** A call of a method of {@link JobStore}. */
    final class Call {
        private final JobStore store;
        private final Method method;
        private final @Nullable Object[] arguments;

        Call(JobStore store, Method method, @Nullable Object[] arguments) {
            this.store = store;
            this.method = method;
            this.arguments = arguments;
        }

        String name() {
            return method.getName();
        }

        Class<?> returns() {
            return method.getReturnType();
        }

        @Nullable Object[] arguments() {
            return arguments.clone();
        }

        /** Lets the store do it. */
        @Nullable Object proceed() throws Throwable {
            return with(arguments);
        }

        /** Lets the store do it with other arguments. */
        @Nullable Object with(@Nullable Object... others) throws Throwable {
            try {
                return method.invoke(store, others);
            } catch (InvocationTargetException thrown) {
                throw thrown.getCause();
            }
        }
    }

    /** What the service is told. */
    @Nullable Object called(Call call) throws Throwable;
}
