import java.lang.instrument.ClassFileTransformer;
import java.lang.instrument.Instrumentation;
import java.security.ProtectionDomain;
import java.util.Map;
import java.util.Set;
import jdk.internal.org.objectweb.asm.ClassReader;
import jdk.internal.org.objectweb.asm.ClassVisitor;
import jdk.internal.org.objectweb.asm.ClassWriter;
import jdk.internal.org.objectweb.asm.Label;
import jdk.internal.org.objectweb.asm.MethodVisitor;
import jdk.internal.org.objectweb.asm.Opcodes;

/**
 * An agent that makes a JVM listen on the loopback where its program says "any address".
 *
 * The shuffle service of the NodeManager and the servers of a MapReduce application master bind to any address, and
 * Hadoop 3.3.6 has no setting for either. Every socket of Java 17 is bound by sun.nio.ch.Net.bind: there the address is
 * looked at first.
 */
public final class Loopback {
    private static final String BINDER = "sun/nio/ch/Net";
    private static final String BIND = "(Ljava/net/ProtocolFamily;Ljava/io/FileDescriptor;Ljava/net/InetAddress;I)V";
    private static final int ADDRESS = 2; // the third argument of that static method

    private Loopback() {}

    /** Called by the JVM before the program's own main. */
    public static void premain(String arguments, Instrumentation instrumentation) throws Exception {
        // The JDK's own copy of ASM: nothing is added to the class path of the program.
        instrumentation.redefineModule(
            Object.class.getModule(), Set.of(),
            Map.of("jdk.internal.org.objectweb.asm", Set.of(Loopback.class.getModule())),
            Map.of(), Set.of(), Map.of());
        instrumentation.addTransformer(new Transformer(), true);
        instrumentation.retransformClasses(Class.forName(BINDER.replace('/', '.')));
    }

    private static final class Transformer implements ClassFileTransformer {
        @Override
        public byte[] transform(
                ClassLoader loader, String name, Class<?> redefined, ProtectionDomain domain, byte[] original) {
            return BINDER.equals(name) ? Binder.rewritten(original) : null;
        }
    }

    private static final class Binder extends ClassVisitor {
        private Binder(ClassVisitor next) {
            super(Opcodes.ASM8, next);
        }

        private static byte[] rewritten(byte[] original) {
            ClassReader reader = new ClassReader(original);
            ClassWriter writer = new ClassWriter(reader, ClassWriter.COMPUTE_MAXS);
            reader.accept(new Binder(writer), 0);
            return writer.toByteArray();
        }

        @Override
        public MethodVisitor visitMethod(int access, String name, String types, String signature, String[] thrown) {
            MethodVisitor method = super.visitMethod(access, name, types, signature, thrown);
            if (!name.equals("bind") || !types.equals(BIND)) {
                return method;
            }
            return new MethodVisitor(Opcodes.ASM8, method) {
                @Override
                public void visitCode() {
                    super.visitCode();
                    Label asItWas = new Label();
                    visitVarInsn(Opcodes.ALOAD, ADDRESS);
                    visitMethodInsn(
                        Opcodes.INVOKEVIRTUAL, "java/net/InetAddress", "isAnyLocalAddress", "()Z", false);
                    visitJumpInsn(Opcodes.IFEQ, asItWas);
                    visitMethodInsn(
                        Opcodes.INVOKESTATIC, "java/net/InetAddress", "getLoopbackAddress",
                        "()Ljava/net/InetAddress;", false);
                    visitVarInsn(Opcodes.ASTORE, ADDRESS);
                    visitLabel(asItWas);
                    visitFrame(Opcodes.F_SAME, 0, null, 0, null);
                }
            };
        }
    }
}
