package io.procpool.durability;

import java.lang.reflect.InvocationTargetException;
import java.lang.reflect.Method;
import org.jspecify.annotations.Nullable;

/** Stands between the service and its stores, and sees each call first. */
interface Interposer {
    /** A call of a method of {@link io.procpool.job.JobStore} or {@link io.procpool.pool.PoolStore}. */
    final class Call {
        private final Object store;
        private final Method method;
        private final @Nullable Object[] arguments;

        Call(Object store, Method method, @Nullable Object[] arguments) {
            this.store = store;
            this.method = method;
            this.arguments = arguments;
        }

        String name() {
            return method.getName();
        }

        /** With the port: {@code PoolStore.forget} is another than {@code JobStore.forget}. */
        String fullName() {
            return method.getDeclaringClass().getSimpleName() + "." + method.getName();
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
