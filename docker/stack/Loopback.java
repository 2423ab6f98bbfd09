import java.lang.instrument.Instrumentation;
import java.lang.reflect.Field;
import java.net.InetAddress;
import java.util.Map;
import java.util.Set;

/**
 * An agent that makes a JVM listen on the loopback where it was told no address.
 *
 * The shuffle service of the NodeManager and the server of a MapReduce application master bind to "any address", and
 * Hadoop 3.3.6 has no setting for either. What "any address" is, Java keeps in one field.
 */
public final class Loopback {
    private Loopback() {}

    /** Called by the JVM before the program's own main. */
    public static void premain(String arguments, Instrumentation instrumentation) throws Exception {
        instrumentation.redefineModule(
            InetAddress.class.getModule(), Set.of(), Map.of(),
            Map.of("java.net", Set.of(Loopback.class.getModule())), Set.of(), Map.of());
        Field implementation = InetAddress.class.getDeclaredField("impl");
        implementation.setAccessible(true);
        Object resolver = implementation.get(null);
        Field anyAddress = resolver.getClass().getDeclaredField("anyLocalAddress");
        anyAddress.setAccessible(true);
        anyAddress.set(resolver, InetAddress.getByAddress("localhost", new byte[] {127, 0, 0, 1}));
    }
}
