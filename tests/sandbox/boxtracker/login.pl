# Logs in to Box Tracker's portal in the manner of its manual: LWP, JSON, and URI::Encode on each
# value of a GET. Prints the customer's number.
use strict;
use warnings;
use JSON;
use LWP::UserAgent;
use URI::Encode qw(uri_encode);

my $agent = LWP::UserAgent->new;

sub run_command {
    my %fields = @_;
    my $query = join '&', map { $_ . '=' . uri_encode( $fields{$_} ) } sort keys %fields;
    my $response = $agent->get("$ENV{BOXTRACKER_BASE_URL}?$query");
    my $answer   = JSON->new->decode( $response->content );
    die "status $answer->{status}: $answer->{errorString}\n" if $answer->{status} != 200;
    return $answer;
}

my $api = run_command(
    command  => 'cmdBoxTPortalHandShake',
    username => $ENV{BOXTRACKER_USERNAME},
    password => $ENV{BOXTRACKER_PASSWORD},
);
my $customer = run_command(
    command              => 'cmdBoxTPortalCustomerHandShake',
    username_api         => $ENV{BOXTRACKER_USERNAME},
    password_api         => $ENV{BOXTRACKER_PASSWORD},
    session_key_api      => $api->{sessionKey},
    username_customer    => $ENV{BOXTRACKER_CUSTOMER_USERNAME},
    password_customer    => $ENV{BOXTRACKER_CUSTOMER_PASSWORD},
    session_key_customer => '',
);
print "$customer->{customerID}\n";
