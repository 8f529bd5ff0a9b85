import { literal } from './powershell.ts';

/**
 * The vsock port on which the guest's engine waits ("slip" as a number: vm-assets/rootfs, `engine`), and the name that Windows has for it. Source: hv_sock of Linux
 * (net/vmw_vsock/hyperv_transport.c), "Make your own integration services" of Microsoft.
 */
export const channelService = `${Buffer.from('slip').toString('hex')}-facb-11e6-bd58-64006a7986d3`;
/** Where Windows keeps such names. Written by an administrator, once. */
export const servicesKey = 'HKLM:\\SOFTWARE\\Microsoft\\Windows NT\\CurrentVersion\\Virtualization\\GuestCommunicationServices';

/**
 * Named pipes for this user alone, each of which leads to a Hyper-V socket of the guest (AF_HYPERV, 34; protocol 1), which Node does not know. A connection that
 * ends on either side ends on the other; whoever dials too early is let go, and dials again. In C# 5 without a character literal, as it lies in a PowerShell
 * literal; threads of the PowerShell that stays run it.
 */
const bridge = `using System;
using System.IO.Pipes;
using System.Net;
using System.Net.Sockets;
using System.Security.AccessControl;
using System.Security.Principal;
using System.Threading;
using System.Threading.Tasks;
public sealed class SlipwayGuest : EndPoint {
  readonly byte[] address = new byte[36];
  public SlipwayGuest(Guid vm, Guid service) {
    vm.ToByteArray().CopyTo(address, 4);
    service.ToByteArray().CopyTo(address, 20);
  }
  public override AddressFamily AddressFamily { get { return (AddressFamily)34; } }
  public override EndPoint Create(SocketAddress other) { return this; }
  public override SocketAddress Serialize() {
    SocketAddress name = new SocketAddress((AddressFamily)34, 36);
    for (int i = 4; i < 36; i++) name[i] = address[i];
    return name;
  }
}
public static class SlipwayChannel {
  public static void Serve(string name, Guid vm, Guid service) {
    Thread thread = new Thread(delegate() {
      while (true) {
        try { Carry(name, new SlipwayGuest(vm, service)); } catch (Exception) { Thread.Sleep(50); }
      }
    });
    thread.IsBackground = true;
    thread.Start();
  }
  static void Carry(string name, EndPoint guest) {
    PipeSecurity security = new PipeSecurity();
    security.AddAccessRule(new PipeAccessRule(WindowsIdentity.GetCurrent().User, PipeAccessRights.FullControl, AccessControlType.Allow));
    using (NamedPipeServerStream pipe = new NamedPipeServerStream(name, PipeDirection.InOut, 1, PipeTransmissionMode.Byte, PipeOptions.Asynchronous, 65536, 65536, security)) {
      pipe.WaitForConnection();
      using (Socket socket = new Socket((AddressFamily)34, SocketType.Stream, (ProtocolType)1)) {
        socket.Connect(guest);
        using (NetworkStream stream = new NetworkStream(socket)) Task.WaitAny(pipe.CopyToAsync(stream, 65536), stream.CopyToAsync(pipe, 65536));
      }
    }
  }
}`;

/** To be compiled before the VM starts: it takes a second. */
export const bridgeDefinition = `Add-Type -ReferencedAssemblies System, System.Core -TypeDefinition ${literal(bridge)}`;

/** @param pipes paths, `\\.\pipe\…`; .NET wants the name alone */
export function serveChannels(pipes: string[]): string {
  return pipes.map((path) => `[SlipwayChannel]::Serve(${literal(path.replace(/^\\\\\.\\pipe\\/, ''))}, $vm.Id, [Guid]${literal(channelService)})`).join('\n');
}
