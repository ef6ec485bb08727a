"""WordPress core, its themes of old and of blocks, and widespread plugins. Its own reader: `wordpress.py`."""

from extractors.platform import Comments, Head, Platform

REVISION = "wordpress/2"

PLATFORM = Platform(
    name="wordpress",
    generators=("wordpress",),
    hosts=("wordpress.com",),
    marks=("https://api.w.org/", "/wp-content/", "/wp-includes/"),
    bodies="entry-content wp-block-post-content",
    furniture={
        "share": (
            "wp-block-outermost-social-sharing heateor_sss_sharing_container heateorSssClear ssba essb_links "
            "social-share-buttons dpsp-networks-btns-wrapper mashsb-container swp_social_panel simple-share-buttons "
            "avia-share-box av-share-box et_social_inline et_social_mobile et_social_sidebar_networks sociable "
            "sociable_tagline shr-publisher sexy-bookmarks dd_post_share dd_outer really_simple_share "
            "wpsr-share-icons sfsi_widget sfsi_Sicons tweetmeme_button wp-socializer mr_social_sharing_wrapper "
            "juiz_sps_links scriptlesssocialsharing wpzoom-social-sharing-buttons nectar-social fusion-sharing-box "
            "fusion-social-networks h5ab-print-button-container td-post-sharing jssocials sharify-container "
            "wabtn_container WP-EmailIcon"
        ),
        "related": (
            "yarpp yarpp-related wp_rp_wrap rp4wp-related-posts crp_related contextual-related-posts zem_rp_wrap "
            "zemanta-related related-posts relatedposts related_posts #relatedposts #related_posts #seo_alrp_related "
            "nrelate nr_related_placeholder wp_rp_content srp-widget-container jp-related-posts-i2__list "
            "yarpp-template-thumbnails td_block_related_posts penci-post-related"
        ),
        "comment_form": (
            "#respond comment-respond comment-form #commentform wp-block-post-comments-form no-comments nocomments "
            "comments-closed akismet_comment_form_privacy_notice subscribe-to-comments comment-subscription-form"
        ),
        "subscribe": "mc4wp-form mailpoet_form tnp-subscription wpcf7-newsletter",
        "navigation": (
            "post-navigation posts-navigation comment-navigation nav-links nav-previous nav-next nav-single "
            "navigation-single nav-below #nav-below #nav-above #nav-single post-nav-links page-links "
            "wp-block-post-navigation-link skip-link screen-reader-shortcut pagination posts-pagination "
            "wp-block-query-pagination comments-pagination wp-block-comments-pagination yoast-breadcrumbs "
            "ez-toc-container #ez-toc-container #toc_container lwptoc wp-block-rank-math-toc-block "
            "wp-block-yoast-seo-table-of-contents wp-block-aioseo-table-of-contents wp-block-uagb-table-of-contents "
            "wp-block-kadence-tableofcontents elementor-widget-table-of-contents simpletoc-list"
        ),
        "byline": (
            "author-box author-info author-bio wp-block-post-author abh_box saboxplugin-wrap author_info "
            "author-bio-box ts-fab-wrapper wp-about-author-containter-top pp-multiple-authors-boxes-wrapper "
            "molongui-author-box entry-author-box about-author #author-info #entry-author-info"
        ),
    },
    inside_only="pagination",
    comments=Comments(
        item="comment pingback trackback",
        lists=("commentlist comment-list wp-block-comment-template sfw-commentlist singlecommentlist comments-list"),
        region=(
            "comments comments-area comments-wrapper comments-template wp-block-comments wp-block-post-comments "
            "respond comment-respond commentform comment-form trackbacks trackback-list pinglist pings pingbacks "
            "commentwrap comments-wrap"
        ),
        nested="children",
        text=(
            "comment-content wp-block-comment-content comment-text comment_text commenttext comtext comment-copy "
            "commentcopy"
        ),
        holder="comment-body format_text",
        author="fn wp-block-comment-author-name comment-author-name",
        byline="comment-author commentauthor comment_author vcard",
        date=("comment-date wp-block-comment-date comment-metadata comment-meta commentmetadata comment_meta"),
        own="bypostauthor",
        furniture=(
            "reply comment-reply comment-reply-link comment-edit-link edit-link avatar says screen-reader-text "
            "comment-awaiting-moderation comment-permalink wp-block-comment-reply-link wp-block-comment-edit-link "
            "cld-like-dislike-wrap comment-replybox-single comment-replybox-thread comment-likes jp-carousel-comment"
        ),
        levels="depth-",
        pagers="comments-pagination",
        pages=r"comment-page-\d [?&;]cpage=\d",
    ),
    head=Head(title="wp-block-post-title td-post-title"),
)
