package dev.baculasync.integration;

import java.lang.reflect.InvocationTargetException;
import java.lang.reflect.Method;
import java.lang.reflect.Proxy;
import java.util.ArrayList;
import java.util.List;

/**
 * Ends a run at one of its calls to the outside, before or after the call has had its effect, and lets nothing through
 * from then on: what is left is what a power cut at that moment leaves.
 */
final class Mortality {
    private final int lastBreath;
    private final List<String> calls = new ArrayList<>();
    private int breaths;

    /** The power is gone. No code of the product is prepared for it, nor should it be. */
    static final class PowerCut extends Error {
        private static final long serialVersionUID = 1L;
    }

    private Mortality(int lastBreath) {
        this.lastBreath = lastBreath;
    }

    /** Two breaths for each call: the even ones before it, the odd ones after. */
    static Mortality after(int breaths) {
        return new Mortality(breaths);
    }

    static Mortality never() {
        return new Mortality(Integer.MAX_VALUE);
    }

    /** What was called, in order. */
    List<String> calls() {
        return calls;
    }

    /** How often this could have been the end. */
    int breaths() {
        return breaths;
    }

    /** Makes a provider mortal, and what it returns if that is an interface of this kind too. */
    <T> T mortal(Class<T> kind, T provider) {
        return kind.cast(Proxy.newProxyInstance(
                kind.getClassLoader(), new Class<?>[] {kind}, (proxy, method, arguments) -> {
                    if (method.getDeclaringClass() == Object.class) {
                        return method.invoke(provider, arguments);
                    }
                    if (method.getName().equals("close")) {
                        // What a process holds, the system takes back when it dies.
                        return call(provider, method, arguments);
                    }
                    calls.add(kind.getSimpleName() + "." + method.getName());
                    breathe();
                    Object result = call(provider, method, arguments);
                    breatheOut(result);
                    return result instanceof AutoCloseable ? mortalResult(method.getReturnType(), result) : result;
                }));
    }

    private <T> Object mortalResult(Class<T> kind, Object result) {
        return mortal(kind, kind.cast(result));
    }

    private void breathe() {
        if (breaths++ >= lastBreath) {
            throw new PowerCut();
        }
    }

    private void breatheOut(Object result) throws Exception {
        try {
            breathe();
        } catch (PowerCut e) {
            if (result instanceof AutoCloseable held) {
                held.close();
            }
            throw e;
        }
    }

    private static Object call(Object provider, Method method, Object[] arguments) throws Throwable {
        try {
            return method.invoke(provider, arguments);
        } catch (InvocationTargetException e) {
            throw e.getCause();
        }
    }
}
